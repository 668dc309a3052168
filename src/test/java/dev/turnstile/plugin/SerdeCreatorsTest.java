package dev.turnstile.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** A class that can be made of one number is still read from an object or an array; and from a number without a loss. */
class SerdeCreatorsTest {
    private static final JsonMapper MAPPER = PluginOptions.defaults().mapper();
    private static final JsonCodec CODEC = new JsonCodec(MAPPER);

    private static <T> T read(String payload, Class<T> type) {
        byte[] body = ("{\"status\":\"success\",\"payload\":" + payload + "}").getBytes(StandardCharsets.UTF_8);
        return CODEC.payload("tag", body, CODEC.type(type));
    }

    private static String written(Object request) {
        return new String(CODEC.encode("tag", request), StandardCharsets.UTF_8);
    }

    record Price(BigDecimal amount, String currency) {
        Price(BigDecimal amount) {
            this(amount, "EUR");
        }
    }

    record Valued(BigDecimal amount, String currency) {
        static Valued valueOf(double amount) {
            return new Valued(BigDecimal.valueOf(amount), "EUR");
        }
    }

    record Delegating(BigDecimal amount, String currency) {
        @JsonCreator
        Delegating {}

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Delegating of(double amount) {
            return new Delegating(BigDecimal.valueOf(amount), "EUR");
        }
    }

    static class Plain {
        public double amount;
        public String currency = "EUR";

        public Plain() {}

        public Plain(double euros) {
            this.amount = euros;
        }

        @Override
        public String toString() {
            return amount + currency;
        }
    }

    static class Annotated {
        private final double amount;
        private final String currency;

        @JsonCreator
        Annotated(@JsonProperty("amount") double amount, @JsonProperty("currency") String currency) {
            this.amount = amount;
            this.currency = currency;
        }

        public Annotated(double amount) {
            this(amount, "EUR");
        }

        @Override
        public String toString() {
            return amount + currency;
        }
    }

    static class OfMany {
        public double amount;
        public String currency = "EUR";

        public OfMany() {}

        public OfMany(int amount) {
            this.amount = amount;
            currency = "int";
        }

        public OfMany(double amount) {
            this.amount = amount;
        }

        public OfMany(String currency) {
            this.currency = currency;
        }

        @Override
        public String toString() {
            return amount + currency;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Square.class, name = "square"),
        @JsonSubTypes.Type(value = Circle.class, name = "circle")
    })
    interface Shape {}

    record Square(double amount, String currency) implements Shape {
        Square(double amount) {
            this(amount, "EUR");
        }
    }

    static final class Circle extends Plain implements Shape {
        public Circle() {}

        public Circle(double only) {
            super(only);
        }
    }

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record Point(double x, double y) {
        Point(double both) {
            this(both, both);
        }
    }

    static List<Arguments> objects() {
        String json = "{\"amount\":1.5,\"currency\":\"USD\"}";
        BigDecimal amount = new BigDecimal("1.5");
        return List.of(
                Arguments.of(json, Price.class, new Price(amount, "USD").toString()),
                Arguments.of(json, Valued.class, new Valued(amount, "USD").toString()),
                Arguments.of(json, Delegating.class, new Delegating(amount, "USD").toString()),
                Arguments.of(json, Plain.class, "1.5USD"),
                Arguments.of(json, Annotated.class, "1.5USD"),
                Arguments.of(json, OfMany.class, "1.5USD"),
                Arguments.of(
                        "{\"type\":\"square\"," + json.substring(1), Shape.class, new Square(1.5, "USD").toString()),
                Arguments.of("{\"amount\":1.5,\"currency\":\"USD\",\"type\":\"circle\"}", Shape.class, "1.5USD"),
                Arguments.of("[1.5,2]", Point.class, new Point(1.5, 2).toString()));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void object_ofAClassThatHasACreatorOfANumber_isReadByItsMembers(String payload, Class<?> type, String wanted) {
        assertEquals(wanted, read(payload, type).toString());
    }

    static List<Arguments> numbers() {
        return List.of(
                Arguments.of("2.5", Price.class, "Price[amount=2.5, currency=EUR]"),
                Arguments.of("2", Price.class, "Price[amount=2, currency=EUR]"),
                Arguments.of(
                        "0.12345678901234567890123456789",
                        Price.class,
                        "Price[amount=0.12345678901234567890123456789, currency=EUR]"),
                Arguments.of(
                        "123456789012345678901234567890",
                        Price.class,
                        "Price[amount=123456789012345678901234567890, currency=EUR]"),
                Arguments.of("1E+999", Price.class, "Price[amount=1E+999, currency=EUR]"),
                Arguments.of("2.5", Valued.class, "Valued[amount=2.5, currency=EUR]"),
                Arguments.of("2.5", Delegating.class, "Delegating[amount=2.5, currency=EUR]"),
                Arguments.of("2.5", Plain.class, "2.5EUR"),
                Arguments.of("2", Plain.class, "2.0EUR"),
                Arguments.of("2.5", Annotated.class, "2.5EUR"),
                Arguments.of("2.5", OfMany.class, "2.5EUR"),
                Arguments.of("2", OfMany.class, "2.0int"),
                Arguments.of("12345678901", OfMany.class, "1.2345678901E10EUR"),
                Arguments.of("123456789012345678901234567890", OfMany.class, "1.2345678901234568E29EUR"),
                Arguments.of("\"USD\"", OfMany.class, "0.0USD"));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void number_forAClassThatHasMembersToo_takesTheCreatorOfTheNumber(String payload, Class<?> type, String wanted) {
        assertEquals(wanted, read(payload, type).toString());
    }

    @Test
    void number_thatNoDoubleHolds_isRefusedByAClassThatHasMembersToo() {
        for (Class<?> type : List.of(Valued.class, Delegating.class, Plain.class, Annotated.class, OfMany.class)) {
            for (String number : List.of("1e999", "-1e999")) {
                CodecException refused = assertThrows(CodecException.class, () -> read(number, type));
                assertTrue(refused.getMessage().contains("ALLOW_NON_NUMERIC_NUMBERS"), refused::getMessage);
            }
            String inside = "{\"amount\":1e999,\"currency\":\"USD\"}";
            if (type != Valued.class && type != Delegating.class) {
                assertThrows(CodecException.class, () -> read(inside, type));
            }
        }
    }

    @Test
    void anythingElse_isRefused() {
        for (String payload : List.of("\"4\"", "true", "[1.5]", "[]")) {
            for (Class<?> type : List.of(Price.class, Valued.class, Plain.class, Annotated.class)) {
                assertThrows(CodecException.class, () -> read(payload, type), type + " of " + payload);
            }
        }
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    static class Node {
        public int id;
        public Node next;

        public Node() {}

        public Node(double only) {
            this.id = (int) only;
        }
    }

    @Test
    void object_withAnIdentity_isReadByItsMembers() {
        Node node = new Node(7);
        node.next = node;
        Node read = read(written(node), Node.class);
        assertEquals(7, read.id);
        assertEquals(read, read.next);
    }

    @Test
    void object_thatIsThere_isUpdated() {
        Plain plain = new Plain(1);
        assertEquals(plain, MAPPER.readerForUpdating(plain).readValue("{\"amount\":3.5}"));
        assertEquals("3.5EUR", plain.toString());
    }

    /** Its own kind is inside, once as a member. */
    static class Inner {
        public double value;
        public Inner more;

        public Inner() {}

        public Inner(double only) {
            this.value = only;
        }
    }

    static class Outer {
        @JsonUnwrapped(prefix = "in_")
        public Inner inner;

        @JsonIgnoreProperties("currency")
        public Plain plain;
    }

    @Test
    void object_unwrappedOrWithMembersIgnored_isReadByItsMembers() {
        Outer outer =
                read("{\"in_value\":1.5,\"in_more\":2.5,\"plain\":{\"amount\":3.5,\"currency\":\"USD\"}}", Outer.class);
        assertEquals(1.5, outer.inner.value);
        assertEquals(2.5, outer.inner.more.value);
        assertEquals("3.5EUR", outer.plain.toString());
        assertThrows(CodecException.class, () -> read("{\"plain\":1e999}", Outer.class));
        assertThrows(CodecException.class, () -> read("{\"in_more\":1e999}", Outer.class));
    }

    record Held(@JsonFormat(shape = JsonFormat.Shape.ARRAY) Price price) {}

    @Test
    void object_thatOneMemberHasAsAnArray_isReadByItsMembers() {
        Held held = new Held(new Price(BigDecimal.ONE, "USD"));
        assertEquals(held, read(written(held), Held.class));
    }
}
