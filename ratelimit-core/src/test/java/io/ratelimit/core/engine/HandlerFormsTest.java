package io.ratelimit.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lambdas compile to the intended form of handler: no future is dropped. */
class HandlerFormsTest {

  private static final String HOST =
      """
      import io.ratelimit.core.engine.AuditEngine;
      import io.ratelimit.core.event.*;
      import io.ratelimit.core.handler.*;
      import io.ratelimit.core.queue.EventQueue;
      import java.util.*;
      import java.util.concurrent.*;

      class Host {
        void audit(String wallet) throws java.io.IOException {}
        void auditEvent(AuditEvent event) {}
        CompletableFuture<String> auditAsync(AuditEvent event) { return new CompletableFuture<>(); }
        Future<String> submit(AuditEvent event) { return new CompletableFuture<>(); }

        static AuditEngine.Builder is(AuditEngine.Builder builder) { return builder; }

        AuditEngine.Builder build(EventQueue queue, EventType type) {
          return AuditEngine.builder(queue).%s;
        }
      }
      """;

  /** Returns the compiler's errors; empty if it compiles. */
  private static String compiled(String call) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject source =
        new SimpleJavaFileObject(URI.create("string:///Host.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return HOST.formatted(call);
          }
        };
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none",
            "-implicit:none",
            "-d",
            System.getProperty("java.io.tmpdir"),
            "-classpath",
            System.getProperty("java.class.path")
                + System.getProperty("path.separator")
                + System.getProperty("jdk.module.path", ""));
    boolean accepted = compiler.getTask(said, null, null, options, null, List.of(source)).call();
    assertThat(accepted).as(said.toString()).isEqualTo(said.toString().isEmpty());
    return said.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handler(event -> { audit(event.walletId()); })",
        "handler(this::auditEvent)",
        "handler((event, context) -> { audit(event.walletId() + context.attempt()); })",
        "handler(type, event -> { audit(event.walletId()); })",
        "handler(event -> { throw new IllegalStateException(); })",
        "asyncHandler(event -> auditAsync(event))",
        "asyncHandler(this::auditAsync)",
        "asyncHandler((event, context) -> auditAsync(event))",
        "asyncHandler(type, event -> auditAsync(event).thenRun(() -> {}))",
        "handler(event -> auditAsync(event))",
        "handler((event, context) -> auditAsync(event))",
        "handler(type, this::auditAsync)",
      })
  void theFormsThatAreMeantCompile(String call) {
    assertThat(compiled(call)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "handler(event -> submit(event))",
        "handler((event, context) -> submit(event))",
        "handler(type, event -> submit(event))",
        "handler(event -> new ArrayList<AuditEvent>().add(event))",
        "asyncHandler(event -> submit(event))",
        "asyncHandler(event -> { auditAsync(event); })",
      })
  void aValueThatNobodyWouldWaitForDoesNot(String call) {
    assertThat(compiled(call)).contains("error:");
  }

  @Test
  void theCompilerNamesWhatItWants() {
    assertThat(compiled("handler(event -> audit(event.walletId()))"))
        .contains("bad return type in lambda expression")
        .contains("CompletionStage");
  }
}
