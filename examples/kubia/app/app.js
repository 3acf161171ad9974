// kubia: answers every request with the name of the host that it runs on, so that one sees which pod it was.
'use strict';

const http = require('http');
const os = require('os');

const port = Number(process.env.PORT ?? 8080);

const server = http.createServer((request, response) => {
  console.log(`${request.method} ${request.url} from ${request.socket.remoteAddress}`);
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`You've hit ${os.hostname()}\n`);
});

server.listen(port, () => console.log(`kubia listens on port ${server.address().port}`));

// Kubernetes sends SIGTERM before it takes a pod away: answer what has begun, then go.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
