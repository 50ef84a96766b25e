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
 * Tests the handlers of an application alone: with a queue in memory, an engine, and a {@code
 * DeterministicTime}, in which a round of minutes takes milliseconds and is the same at every run.
 * No server is started, and nothing else is configured that Spring Boot would configure.
 *
 * <p>Of what the application's component scan finds there are beans with {@link AuditHandler}
 * methods, handlers, classifiers, interceptors, listeners, policies and customizers; configurations
 * are left out, as from every test of a slice. What handlers need besides comes from mocks, from
 * {@code @Import} or from a {@code @TestConfiguration}. The application's properties hold, but the
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
 * <p>Each test method has a context of its own, so that none finds the time, the queue or the spent
 * limit of another. Needs ratelimit-testkit and Spring Boot's test starter.
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

  /** Returns properties of these tests, {@code ratelimit.limit=20/m} for example; they go first. */
  String[] properties() default {};
}
