/* SPDX-License-Identifier: Apache-2.0 */

/* Gates that hold native calls until a test opens them; the exported half is in turnstile_demo.h. */
#ifndef TURNSTILE_GATES_H
#define TURNSTILE_GATES_H

#include <stdbool.h>
#include <stdint.h>

/* Waits while the gate is closed; false when there is no such gate. */
bool gate_pass(uint32_t gate);

#endif
