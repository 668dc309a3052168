"""Opens a bundle with rustbridge's own loader, verified, and prints how many milliseconds that took.

usage: open_bundle.py BUNDLE PUBLIC_KEY

First one line with the import's and the first opening's; then, for each number read, one line with as many openings'. What
was extracted is removed outside of the measured time.
"""

import shutil
import sys
import time

begin = time.perf_counter()
from rustbridge.core import BundleLoader  # noqa: E402

imported = (time.perf_counter() - begin) * 1e3


def opening():
    begin = time.perf_counter()
    library = loader.extract_library_to_temp(bundle)
    end = time.perf_counter()
    shutil.rmtree(library.parent)
    return (end - begin) * 1e3


bundle, key = sys.argv[1:]
loader = BundleLoader(verify_signatures=True, public_key_override=key)
print(imported, opening(), flush=True)
for times in sys.stdin:
    print(*(opening() for _ in range(int(times))), flush=True)
