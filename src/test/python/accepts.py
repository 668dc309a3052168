"""Says which bundles rustbridge's own Python loader accepts.

    python accepts.py DIRECTORY

DIRECTORY has bundles, and index.json: an array of objects with "file" and "key", the trusted public key as base64. Each bundle
is extracted twice: with the key given, and with the loader's default, which is the key inside of the bundle. One JSON object
a line: "file", "key_given", "key_inside"; the values are "accepted", or the name of the exception.

Each attempt has its own process, with limits of time and memory: there are bombs among the bundles.
"""

import importlib.metadata
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile

from rustbridge.core import BundleLoader

MEMORY = 1 << 30
SECONDS = 60


def attempt(bundle, key, answers):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    place = tempfile.mkdtemp()
    tempfile.tempdir = place
    try:
        loader = BundleLoader(verify_signatures=True, public_key_override=key)
        answer = "accepted" if os.path.isfile(loader.extract_library_to_temp(bundle)) else "nothing extracted"
    except Exception as refused:
        answer = type(refused).__name__
    finally:
        shutil.rmtree(place, ignore_errors=True)
    answers.send(answer)


def ask(bundle, key):
    answers, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=attempt, args=(bundle, key, sender))
    process.start()
    sender.close()
    answer = "too slow"
    try:
        if answers.poll(2 * SECONDS):
            answer = answers.recv()
    except EOFError:
        answer = "died"
    process.kill()
    process.join()
    return answer


def main():
    directory = sys.argv[1]
    with open(os.path.join(directory, "index.json"), encoding="utf-8") as index:
        bundles = json.load(index)
    print(json.dumps({"version": importlib.metadata.version("rustbridge")}), flush=True)
    for bundle in bundles:
        path = os.path.join(directory, bundle["file"])
        line = {"file": bundle["file"], "key_given": ask(path, bundle["key"]), "key_inside": ask(path, None)}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
