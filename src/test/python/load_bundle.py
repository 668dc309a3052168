"""Loads a bundle with rustbridge's own loader, calls echo, and prints the answer.

usage: load_bundle.py BUNDLE VARIANT [PUBLIC_KEY]     with a key the signatures are verified, with that key
"""

import sys

from rustbridge.core import BundleLoader, PluginConfig

bundle, variant, *key = sys.argv[1:]
loader = BundleLoader(verify_signatures=bool(key), public_key_override=key[0] if key else None)
with loader.load_variant_with_config(bundle, variant, PluginConfig.defaults()) as plugin:
    print(plugin.call("echo", '{"message":"hi"}'))
