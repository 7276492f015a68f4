"""An app without the SDK: says some words, waits, and ends as it is told to."""

import json
import os
import sys
import time

state = json.loads(os.environ["MODAL_STATE"])
print(state.get("words", "nothing"), flush=True)
print(json.dumps({"message": "a structured line", "level": "warn"}), flush=True)
time.sleep(float(state.get("seconds", 0)))
sys.exit(int(state.get("code", 0)))
