/* SPDX-License-Identifier: Apache-2.0 */

/* Only the five required exports: a good plugin, which a host must load and call. */
#include "tiny_plugin.h"
