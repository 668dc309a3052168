/* SPDX-License-Identifier: Apache-2.0 */

/* Lacks the required plugin_call: a host must refuse it, and name the export. */
#define TINY_OWN_CALL
#include "tiny_plugin.h"
