package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The array that replies are copied to: has room for whatever comes, in any order, and keeps no huge one for good. */
class ReplyBytesProperties {
    private static final int LARGEST_KEPT = ReplyBytes.LARGEST_KEPT;

    @Property
    void array_afterAnyOthers_hasRoomAndIsNotHugeForNothing(@ForAll("lengths") List<Integer> lengths) {
        ReplyBytes replies = new ReplyBytes();
        for (int length : lengths) {
            byte[] array = replies.withRoomFor(length);
            assertTrue(array.length >= length);
            assertSame(array, replies.array());
            assertSame(array, replies.withRoomFor(length));
            if (length <= LARGEST_KEPT) {
                assertTrue(array.length <= LARGEST_KEPT, () -> array.length + " bytes are kept for " + length);
                assertSame(array, replies.withRoomFor(length / 2));
            }
        }
    }

    @Provide
    Arbitrary<List<Integer>> lengths() {
        return Lengths.around(LARGEST_KEPT);
    }

    @Example
    void array_forOneHugeReply_isOfItsLength() {
        assertEquals(10_000_000, new ReplyBytes().withRoomFor(10_000_000).length);
    }
}
