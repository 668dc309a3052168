import dev.turnstile.TurnstileOptions
import dev.turnstile.plugin.ErrorCode
import dev.turnstile.plugin.PluginException
import dev.turnstile.plugin.PluginOptions
import dev.turnstile.plugin.SynchronizedPlugin
import dev.turnstile.testing.Answer
import dev.turnstile.testing.ScriptedPlugin
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking

// Runs the functions of the guide against a scripted plugin, for KotlinTest; a check that fails ends it with an exception.

fun main() {
    answers()
    errorOfOne_givesUpTheOthers()
    cancelled_whileRunning_goesOnAtOnce()
    cancelled_whileInTheLine_isNeverSeen()
    cancelled_whileWaitingForAPlace_leaves()
    virtualThreads.close()
    println("passed")
}

fun scripted(
    options: PluginOptions = PluginOptions.defaults(),
    test: suspend CoroutineScope.(ScriptedPlugin, SynchronizedPlugin) -> Unit,
) =
    ScriptedPlugin().use { script ->
        script.answer("price", Answer.json("{\"cents\":42}"))
        script.answer("prices", Answer.json("[{\"cents\":1},{\"cents\":2}]"))
        script.answer("nothing", Answer.json("null"))
        script.answer("broken", Answer.error(ErrorCode.HANDLER, "out of tea"))
        script.answer("held", Answer.json("{}").held())
        runBlocking(Dispatchers.Default) { test(script, script.open(options)) }
    }

fun verify(isTrue: Boolean, what: Any?) = check(isTrue) { what.toString() }

inline fun <reified T : Throwable> failure(block: () -> Unit): T {
    try {
        block()
    } catch (expected: Throwable) {
        return expected as? T ?: throw expected
    }
    throw AssertionError("nothing was thrown")
}

/** Waits until a count that no latch tells has come. */
fun until(isTrue: () -> Boolean) {
    while (!isTrue()) Thread.onSpinWait()
}

fun answers() = scripted { script, shop ->
    verify(total(shop, listOf("tea", "rum")) == 84, script.calls())
    verify(script.calls().map { it.text() }.toSet() == setOf("{\"of\":\"tea\"}", "{\"of\":\"rum\"}"), script.calls())
    verify(soon(shop, "tea") == "{\"cents\":42}", script.calls())
    val all: List<Price> = shop.ask("prices", null)
    verify(all == listOf(Price(1), Price(2)), all)
    val failed = failure<IllegalStateException> { shop.ask<Price>("nothing", null) }
    verify(failed.message == "nothing answered null", failed)
}

fun errorOfOne_givesUpTheOthers() = scripted { script, shop ->
    val running = async { shop.ask<Map<String, Any>>("held", null) }
    script.awaitStarted("held")
    val failed = failure<IllegalStateException> {
        coroutineScope {
            async { shop.ask<Price>("price", Ask("tea")) }
            until { shop.pendingCount() == 1 }
            error("another one")
        }
    }
    verify(failed.message == "another one", failed)
    verify(shop.pendingCount() == 0, shop.stats())
    script.release("held")
    running.await()
    val broken = failure<PluginException> { shop.ask<Price>("broken", null) }
    verify(broken.errorCode() == ErrorCode.HANDLER, broken)
    verify(script.calls().map { it.target() } == listOf("held", "broken"), script.calls())
}

fun cancelled_whileRunning_goesOnAtOnce() = scripted { script, shop ->
    val call = async { shop.ask<Price>("held", null) }
    script.awaitStarted("held")
    call.cancelAndJoin() // the plugin is still in the call
    failure<CancellationException> { call.await() }
    verify(shop.stats().running() == 1, shop.stats())
    script.release("held")
    verify(shop.ask<Price>("price", Ask("tea")) == Price(42), shop.stats())
}

fun cancelled_whileInTheLine_isNeverSeen() = scripted { script, shop ->
    val running = async { shop.ask<Map<String, Any>>("held", null) }
    script.awaitStarted("held")
    val waiting: Job = async { shop.ask<Price>("price", Ask("tea")) }
    until { shop.pendingCount() == 1 }
    waiting.cancelAndJoin()
    verify(shop.pendingCount() == 0 && shop.stats().cancelled() == 1L, shop.stats())
    script.release("held")
    verify(running.await().isEmpty(), shop.stats())
    verify(script.calls().size == 1, script.calls())
}

fun cancelled_whileWaitingForAPlace_leaves() {
    val one = PluginOptions.defaults().withGate(TurnstileOptions.defaults().withCapacity(1))
    scripted(one) { script, shop ->
        val running = async { shop.ask<Map<String, Any>>("held", null) }
        script.awaitStarted("held")
        val inside = async { shop.ask<Price>("price", Ask("rum")) }
        until { shop.pendingCount() == 1 }
        val outside: Job = async { shop.ask<Price>("price", Ask("tea")) }
        until { shop.waitingCount() == 1 }
        outside.cancelAndJoin()
        verify(shop.waitingCount() == 0 && shop.stats().notAdmitted() == 1L, shop.stats())
        script.release("held")
        running.await()
        verify(inside.await() == Price(42), shop.stats())
        verify(script.calls().size == 2, script.calls())
    }
}
