package io.ratelimit.temporal.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.ratelimit.core.AttemptTerms;
import io.ratelimit.core.event.AuditEvent;
import io.ratelimit.core.event.EventType;
import io.ratelimit.core.handler.RetryPolicy;
import io.ratelimit.core.internal.engine.AttemptRunner;
import io.ratelimit.core.internal.handler.EventProcessor;
import io.ratelimit.core.internal.report.AttemptTally;
import io.ratelimit.core.internal.report.QueueRound;
import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.EventQueue;
import io.ratelimit.core.queue.InMemoryEventQueue;
import io.ratelimit.core.scaling.WorkerRange;
import io.ratelimit.core.time.Time;
import io.ratelimit.temporal.internal.lane.AloneTurn;
import io.ratelimit.temporal.internal.queue.Decider;
import io.ratelimit.temporal.internal.wire.DecideRequest;
import io.ratelimit.temporal.internal.wire.Decided;
import io.ratelimit.temporal.internal.wire.Json;
import io.ratelimit.temporal.internal.wire.LaneCensus;
import io.ratelimit.temporal.internal.wire.LaneProgress;
import io.ratelimit.temporal.internal.wire.LaneRequest;
import io.ratelimit.temporal.internal.wire.LaneResult;
import io.ratelimit.temporal.internal.wire.LimitChange;
import io.ratelimit.temporal.internal.wire.ReportRequest;
import io.ratelimit.temporal.internal.wire.Requests;
import io.ratelimit.temporal.internal.wire.WatchRequest;
import io.ratelimit.temporal.internal.worker.HandlerThreads;
import io.ratelimit.temporal.manager.ManagerCaps;
import io.ratelimit.temporal.manager.ManagerOptions;
import io.ratelimit.temporal.manager.ManagerTypes;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.RawValue;
import io.temporal.failure.ApplicationFailure;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any user of a Temporal namespace can send anything: this test sets each field of each foreign
 * message to invalid values. It finds the fields in the records, so new ones are included.
 */
@Timeout(120)
class HostileMessagesTest {

  private static final RateLimit LIMIT = RateLimit.of(20).perMinute();

  /** JSON of invalid values, and of some valid ones. */
  private static final List<String> VALUES =
      List.of(
          "\"NaN\"",
          "\"Infinity\"",
          "\"-Infinity\"",
          "-1",
          "-1e-9",
          "0",
          "1e-9",
          "2147483648",
          "-2147483649",
          "9223372036854775807",
          "9223372036854775808",
          "1e18",
          "-1e18",
          "1e400",
          "1e999999999",
          "-31557014167219200",
          "31556889864403199",
          "null",
          "\"\"",
          "\"x\"",
          "true",
          "[]",
          "{}",
          "[null]",
          "[1e18]",
          "{\"x\":-1}",
          '"' + "x".repeat(20_000) + '"',
          "[" + "1,".repeat(20_000) + "1]");

  /** A message and its reader. */
  private record Message(Class<?> type, List<?> samples, Consumer<RawValue> use) {
    @Override
    public String toString() {
      return type.getSimpleName();
    }
  }

  static Stream<Message> messages() {
    return Stream.of(
        message(ManagerOptions.class, HostileMessagesTest::start),
        message(DecideRequest.class, raw -> decide(Requests.read(raw, DecideRequest.class))),
        message(WatchRequest.class, HostileMessagesTest::watch),
        message(ReportRequest.class, raw -> report(Requests.read(raw, ReportRequest.class))),
        message(LimitChange.class, HostileMessagesTest::change),
        message(LaneRequest.class, HostileMessagesTest::drain),
        message(LaneResult.class, HostileMessagesTest::laneEnded),
        message(RateLimit.class, raw -> Requests.read(raw, RateLimit.class)),
        new Message(
            WorkerRange.class,
            List.of(WorkerRange.DEFAULT),
            raw -> ManagerCaps.DEFAULT.capped(Requests.read(raw, WorkerRange.class))));
  }

  private static Message message(Class<?> type, Consumer<RawValue> use) {
    return new Message(type, WireTest.values().filter(type::isInstance).toList(), use);
  }

  private static void start(RawValue raw) {
    ManagerOptions options;
    try {
      options = OptionsJson.read(raw);
    } catch (IllegalArgumentException refused) {
      throw ApplicationFailure.newNonRetryableFailure(
          String.valueOf(refused.getMessage()), ManagerTypes.UNREADABLE_OPTIONS);
    }
    DecideRequest first =
        WireTest.values()
            .filter(DecideRequest.class::isInstance)
            .map(DecideRequest.class::cast)
            .findFirst()
            .orElseThrow();
    decide(
        new DecideRequest(
            options,
            options.terms().workers(),
            first.startedAt(),
            first.begin(),
            first.memory(),
            first.largestLimit(),
            first.outgoing(),
            first.slots(),
            first.trace()));
  }

  private static InMemoryEventQueue queue() {
    InMemoryEventQueue queue = InMemoryEventQueue.builder(LIMIT).time(new Skipping()).build();
    queue.publish(List.of(AuditEvent.of("e", EventType.of("TYPE"), "w")));
    return queue;
  }

  private static void decide(DecideRequest request) {
    try (EventQueue queue = queue()) {
      Decided decided =
          new Decider(
                  request,
                  ManagerCaps.DEFAULT,
                  "owner",
                  Optional.empty(),
                  RetryPolicy.DEFAULT,
                  Optional.empty())
              .decide(
                  queue.stats(),
                  new LaneCensus(0, 0, Optional.empty(), List.of(), false),
                  Duration.between(request.startedAt(), WireTest.NOW),
                  queue);
      ManagerOptions holds = decided.capped().orElse(request.options());
      assertThat(decided.lanes()).isBetween(1, ManagerOptions.MOST_WORKERS + 1);
      assertThat(holds.terms().decisionInterval())
          .isBetween(ManagerCaps.SHORTEST_INTERVAL, ManagerCaps.LONGEST_INTERVAL);
      assertThat(holds.idleInterval()).isBetween(ManagerCaps.SHORTEST_INTERVAL, Duration.ofDays(1));
      assertThat(holds.shutdownGrace()).isBetween(Duration.ZERO, Duration.ofDays(1));
      // A round's last look is at its deadline.
      boolean last =
          holds.mode() == ManagerOptions.Mode.ROUND
              && decided.nextLook().compareTo(holds.terms().deadline()) <= 0;
      assertThat(last || decided.nextLook().compareTo(ManagerCaps.SHORTEST_INTERVAL) >= 0)
          .as("%s is soon", decided.nextLook())
          .isTrue();
      assertThat(Json.read(Json.raw(decided), Decided.class)).isEqualTo(decided);
    }
  }

  private static void watch(RawValue raw) {
    WatchRequest request = Requests.read(raw, WatchRequest.class);
    Duration longest = ManagerCaps.DEFAULT.capped(request.longest(), Duration.ofDays(1));
    assertThat(longest).isBetween(ManagerCaps.SHORTEST_INTERVAL, Duration.ofDays(1));
  }

  private static void report(ReportRequest request) {
    assertThat(
            new QueueRound(
                    request.begin().startedAt(),
                    request.deadline(),
                    request.begin().counters(),
                    request.lastSeen(),
                    request.sample(),
                    request.decisions(),
                    request.largestLimit(),
                    Optional.empty(),
                    List.of())
                .report()
                .toString())
        .isNotEmpty();
  }

  private static void change(RawValue raw) {
    try (EventQueue queue = queue()) {
      LimitChange change = Requests.read(raw, LimitChange.class);
      assertThat(change.applyTo(queue.limitControl()).normal().permits()).isPositive();
    }
  }

  /** A time that passes only during waits. */
  private static final class Skipping implements Time {
    private final Thread thread = Thread.currentThread();
    private volatile Instant now = WireTest.NOW;
    private int waits;

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void parkUntil(Instant deadline) {
      if (Thread.currentThread() != thread) {
        LockSupport.park(this);
        return;
      }
      now = deadline.isAfter(now) ? deadline : now.plusMillis(1);
      assertThat(++waits).as("waits").isLessThan(2_000);
    }
  }

  /**
   * Runs a lane: it takes no longer than a turn, whatever the request, and does not end at once if
   * the queue is empty.
   */
  private static void drain(RawValue raw) {
    LaneRequest request = Requests.read(raw, LaneRequest.class).within(ManagerCaps.DEFAULT);
    Skipping time = new Skipping();
    EventProcessor handlers = EventProcessor.builder().handler(event -> {}).build();
    try (EventQueue queue = InMemoryEventQueue.builder(LIMIT).time(time).build();
        AttemptRunner runner =
            new AttemptRunner(
                queue,
                handlers,
                AttemptTerms.DEFAULT,
                "w",
                List.of(),
                new HandlerThreads(List.of(), context -> context),
                () -> 1)) {
      LaneResult result = AloneTurn.run(request, queue, runner);
      assertThat(result.end())
          .isIn(LaneResult.End.EMPTY, LaneResult.End.TIME_UP, LaneResult.End.LEFT);
      assertThat(time.now()).isBeforeOrEqualTo(WireTest.NOW.plus(Duration.ofMinutes(6)));
    }
  }

  private static void laneEnded(RawValue raw) {
    LaneResult told = Requests.read(raw, LaneResult.class);
    AttemptTally sum = AttemptTally.NONE;
    for (int n = 0; n < 1_000; n++) {
      sum = sum.plus(told.tally());
    }
    assertThat(Json.raw(sum).getPayload().getSerializedSize()).isLessThan(256_000);
    assertThat(told.slots().count()).isBetween(0, LaneProgress.Slots.MOST);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyFieldMayBeAnything(Message message) {
    int uses = 0;
    for (Object sample : message.samples()) {
      JsonNode whole = Json.read(Json.raw(sample), JsonNode.class);
      message.use().accept(Json.raw(whole));
      for (JsonPointer field : fields(whole)) {
        for (String value : VALUES) {
          use(message, with(whole, field, value), field, value);
          uses++;
        }
      }
    }
    assertThat(uses).isPositive();
  }

  private static void use(Message message, RawValue raw, JsonPointer field, String value) {
    String shown = value.substring(0, Math.min(30, value.length()));
    try {
      message.use().accept(raw);
    } catch (ApplicationFailure refused) {
      assertThat(refused.isNonRetryable()).as("%s = %s", field, shown).isTrue();
      assertThat(refused.getType())
          .isIn(ManagerTypes.UNREADABLE_REQUEST, ManagerTypes.UNREADABLE_OPTIONS);
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(field + " = " + shown + ": " + failure, failure);
    }
  }

  private static Set<JsonPointer> fields(JsonNode whole) {
    Set<JsonPointer> found = new HashSet<>();
    fields(JsonPointer.empty(), whole, found);
    return found;
  }

  private static void fields(JsonPointer at, JsonNode node, Set<JsonPointer> found) {
    if (!at.matches()) {
      found.add(at);
    }
    if (node.isObject()) {
      for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        fields(at.appendProperty(name), node.get(name), found);
      }
    } else if (node.isArray()) {
      for (int n = 0; n < Math.min(1, node.size()); n++) {
        fields(at.appendIndex(n), node.get(n), found);
      }
    }
  }

  /** Replaces a field in the text: a tree cannot hold some of these values. */
  private static RawValue with(JsonNode whole, JsonPointer field, String value) {
    JsonNode copy = whole.deepCopy();
    JsonNode parent = copy.at(field.head());
    String mark = "@here@";
    if (parent instanceof ArrayNode elements) {
      elements.set(field.last().getMatchingIndex(), mark);
    } else {
      ((ObjectNode) parent).put(field.last().getMatchingProperty(), mark);
    }
    return json(copy.toString().replace('"' + mark + '"', value));
  }

  private static RawValue json(String text) {
    return new RawValue(
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8(text))
            .build());
  }

  /** Every component of every record in a message is a field of at least one sample. */
  @ParameterizedTest
  @MethodSource("messages")
  void theSamplesHaveEveryField(Message message) throws JsonProcessingException {
    List<JsonNode> samples = new ArrayList<>();
    for (Object sample : message.samples()) {
      samples.add(Json.MAPPER.readTree(Json.MAPPER.writeValueAsString(sample)));
    }
    Set<String> missing = new TreeSet<>();
    missing(message.type(), samples, "", missing, new HashSet<>());
    assertThat(missing).isEmpty();
  }

  private static void missing(
      Type type, List<JsonNode> samples, String path, Set<String> missing, Set<Type> above) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      Class<?> raw = (Class<?>) generic.getRawType();
      List<JsonNode> elements = new ArrayList<>();
      for (JsonNode sample : samples) {
        if (raw == Optional.class) {
          elements.add(sample);
        } else {
          sample.elements().forEachRemaining(elements::add);
        }
      }
      elements.removeIf(JsonNode::isNull);
      if (elements.isEmpty()) {
        missing.add(path);
      } else {
        missing(element, elements, path, missing, above);
      }
    } else if (type instanceof Class<?> record && record.isRecord() && above.add(type)) {
      for (RecordComponent component : record.getRecordComponents()) {
        String name = path + '/' + component.getName();
        List<JsonNode> values =
            samples.stream()
                .filter(sample -> sample.has(component.getName()))
                .map(sample -> sample.get(component.getName()))
                .toList();
        if (values.isEmpty()) {
          missing.add(name);
        } else {
          missing(component.getGenericType(), values, name, missing, above);
        }
      }
      above.remove(type);
    }
  }

  @Test
  void aMessageThatIsMissingIsRefused() {
    assertThatThrownBy(() -> Requests.read(null, LaneRequest.class))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("missing");
  }
}
