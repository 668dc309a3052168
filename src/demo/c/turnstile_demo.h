/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the demo plugin exports besides the ABI, for tests: what the native side saw, and gates that hold calls.
 *
 * All numbers are totals of the loaded file, all its instances together; two copies of the file at two paths have their
 * own. Every function may be called from any thread, at any time, also after the plugin was shut down.
 */
#ifndef TURNSTILE_DEMO_H
#define TURNSTILE_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/*
 * ---- The probe. "Entered" means: plugin_create, plugin_init, plugin_call, plugin_call_raw or plugin_shutdown began.
 * The other exports may be called at any time by the ABI's rules and are not watched. ----
 */

/* plugin_call and plugin_call_raw together, refused ones and those to unknown handles included. */
EXPORT uint64_t turnstile_probe_calls(void);

/* plugin_call_raw alone. */
EXPORT uint64_t turnstile_probe_raw_calls(void);

/* How often the plugin was entered while another entry, to whichever instance, had not returned yet. */
EXPORT uint64_t turnstile_probe_overlaps(void);

/* The most entries that were inside at once: 1 when there never was an overlap. */
EXPORT uint64_t turnstile_probe_max_depth(void);

/* Entries that are inside now. */
EXPORT uint64_t turnstile_probe_inside(void);

/* Distinct native threads that entered; from 128 on it stays at 128. A thread that ended is not mistaken for a new one. */
EXPORT uint64_t turnstile_probe_threads(void);

/* Replies to plugin_call and plugin_call_raw, empty ones included, that were not given back yet. */
EXPORT uint64_t turnstile_probe_outstanding_buffers(void);

/* Replies given back that were not outstanding: twice, through the wrong function, or never ours. They do no harm. */
EXPORT uint64_t turnstile_probe_double_frees(void);

/* Instances created and not shut down. One whose plugin_init failed is gone; one never passed to it stays. */
EXPORT uint64_t turnstile_probe_live_instances(void);

/* plugin_shutdown calls that stopped an instance. */
EXPORT uint64_t turnstile_probe_shutdowns(void);

/* Lines passed to a log callback. */
EXPORT uint64_t turnstile_probe_log_lines(void);

/*
 * Starts the counts afresh. What is so now stays: entries inside, outstanding replies, live instances. Without an entry
 * inside, the next one counts as the first thread.
 */
EXPORT void turnstile_probe_reset(void);

/* ---- The gates: 8 of them, 0 to 7, all closed at first. A `block` call waits in its gate while that is closed. ---- */

enum { TURNSTILE_GATES = 8 };

/* Lets every call in the gate go, and every later one pass, until the gate is closed. */
EXPORT void turnstile_gate_open(uint32_t gate);

/* Closes the gate and starts its count afresh, with the calls that are still waiting in it. */
EXPORT void turnstile_gate_close(uint32_t gate);

/* Calls that have come to the gate since it was last closed, those that passed included. */
EXPORT uint64_t turnstile_gate_entered(uint32_t gate);

/* Calls that wait in the gate now. */
EXPORT uint64_t turnstile_gate_waiting(uint32_t gate);

/* Waits until turnstile_gate_entered is at least `calls`; false when that took longer than `timeout_ms`. */
EXPORT bool turnstile_gate_await_entered(uint32_t gate, uint64_t calls, uint32_t timeout_ms);

#endif
