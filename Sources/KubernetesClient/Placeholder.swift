// Placeholder: keeps the dependencies built until the client is there.
import AsyncHTTPClient
import NIOSSL
import Subprocess
