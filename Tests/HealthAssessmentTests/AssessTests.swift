// One fixture a verdict: `KIND-SITUATION.HEALTH.yaml` holds a live object, its first comment the message.
import Testing
