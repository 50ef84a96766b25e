package io.ratelimit.spring.test;

import io.ratelimit.spring.AuditHandler;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTestContextBootstrapper;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Tests only the handlers of an application, with an in-memory queue, an engine, and a {@code
 * DeterministicTime}, in which a round of minutes takes milliseconds and every run has the same
 * result. It starts no server and configures nothing else of Spring Boot.
 *
 * <p>From the application's component scan, it includes beans with {@link AuditHandler} methods,
 * handlers, classifiers, interceptors, listeners, policies and customizers; it leaves
 * configurations out, as every test slice does. Provide whatever else handlers need with mocks,
 * {@code @Import} or a {@code @TestConfiguration}. The application's properties apply, but the
 * queue is in memory, and the engine waits for the test to call {@code runRound()} or {@code
 * start()}.
 *
 * <pre>{@code
 * @AuditTest
 * class AuditsTest {
 *   @MockitoBean Exchange exchange;
 *   @Autowired EventQueue queue;
 *   @Autowired AuditEngine engine;
 *
 *   @Test
 *   void auditsARound() {
 *     queue.publish(events);
 *     assertThatRound(engine.runRound()).metDeadline().heldLimit();
 *   }
 * }
 * }</pre>
 *
 * <p>Each test method has its own context, so it does not share time, queue or spent limit with
 * another. Needs ratelimit-testkit and Spring Boot's test starter.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(SpringBootTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
@ImportAutoConfiguration
public @interface AuditTest {

  /**
   * Returns properties of these tests, for example {@code ratelimit.limit=20/m}; they take
   * precedence.
   */
  String[] properties() default {};
}
