/* SPDX-License-Identifier: Apache-2.0 */

/*
 * plugin_shutdown does not return until a test says so, as with a plugin that waits for a blocking task of its own. Calls
 * are answered all the while. The functions that are not of the ABI may be called from any thread.
 */
#include <pthread.h>

#define TINY_OWN_SHUTDOWN
#include "tiny_plugin.h"

/* Lets the shutdowns that hang return, and later ones too, until hang_rearm. */
EXPORT void hang_release(void);

/* Lets later shutdowns hang again, and sets the two counts to 0. Only while none hangs. */
EXPORT void hang_rearm(void);

/* plugin_shutdown calls that began, and those that returned. */
EXPORT uint64_t hang_entered(void);
EXPORT uint64_t hang_returned(void);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the rest */
static pthread_cond_t released_changed = PTHREAD_COND_INITIALIZER;
static bool released;
static uint64_t entered;
static uint64_t returned;

void hang_release(void) {
    pthread_mutex_lock(&lock);
    released = true;
    pthread_cond_broadcast(&released_changed);
    pthread_mutex_unlock(&lock);
}

void hang_rearm(void) {
    pthread_mutex_lock(&lock);
    released = false;
    entered = 0;
    returned = 0;
    pthread_mutex_unlock(&lock);
}

uint64_t hang_entered(void) {
    pthread_mutex_lock(&lock);
    const uint64_t count = entered;
    pthread_mutex_unlock(&lock);
    return count;
}

uint64_t hang_returned(void) {
    pthread_mutex_lock(&lock);
    const uint64_t count = returned;
    pthread_mutex_unlock(&lock);
    return count;
}

bool plugin_shutdown(void *handle) {
    pthread_mutex_lock(&lock);
    entered++;
    while (!released) {
        pthread_cond_wait(&released_changed, &lock);
    }
    returned++;
    pthread_mutex_unlock(&lock);
    return handle == TINY_HANDLE;
}
