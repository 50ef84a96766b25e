package io.ratelimit.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ratelimit.core.limit.RateLimit;
import io.ratelimit.core.queue.QueueStore;
import io.ratelimit.core.queue.QueueUnavailableException;
import io.ratelimit.core.queue.StoredEventQueue;
import io.ratelimit.core.report.RoundReport;
import io.ratelimit.testkit.server.Loopback;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class SqlRoundTest {

  @Test
  void drainsARound() {
    List<String> audited = new CopyOnWriteArrayList<>();

    RoundReport report =
        SqlRound.drain(TestDatabase.inMemory(), event -> audited.add(event.walletId()));

    assertThat(audited).containsExactly("wallet-1");
    assertThat(report.done()).isEqualTo(1);
  }

  @Test
  void saysWhatIsMissing() {
    DataSource database = TestDatabase.inMemory();
    SqlStore created = new SqlStore(database, "audits").create();
    long version = created.transact(QueueStore.Transaction::version);
    assertThat(version).isZero();

    assertThatThrownBy(
            () ->
                StoredEventQueue.builder(
                        new SqlStore(database, "others"), RateLimit.of(20).perMinute())
                    .build())
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("there is no queue others; create() it first");
  }

  @Test
  void aDatabaseThatIsAwayIsUnavailable() {
    JdbcDataSource away = new JdbcDataSource();
    away.setURL("jdbc:h2:tcp://localhost:" + Loopback.freePort() + "/./queue");

    assertThatThrownBy(
            () ->
                StoredEventQueue.builder(new SqlStore(away, "audits"), RateLimit.of(20).perMinute())
                    .build())
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageStartingWith("the database cannot be reached, and nothing was changed");
  }
}
