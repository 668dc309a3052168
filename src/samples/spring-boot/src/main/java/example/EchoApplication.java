package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Answers web requests with a native plugin that only one thread may use. */
@SpringBootApplication
class EchoApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(EchoApplication.class, arguments);
    }
}
