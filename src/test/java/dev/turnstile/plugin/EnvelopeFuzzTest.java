package dev.turnstile.plugin;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.turnstile.plugin.PayloadScanProperties.Form;

/** Whatever the bytes of an envelope, or of a payload in a plain one: where the scan finds a payload, the parser finds the same. */
class EnvelopeFuzzTest {
    @FuzzTest
    void payload_inAnyBytes_isFoundWhereTheParserFindsItOrNotAtAll(byte[] bytes) {
        PayloadScanProperties.foundAsParsed(SerdeMapper.shared(), bytes);
        for (Form form : Form.values()) {
            PayloadScanProperties.foundAsParsed(SerdeMapper.shared(), form.around(bytes));
        }
    }
}
