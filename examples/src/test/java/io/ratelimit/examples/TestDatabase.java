package io.ratelimit.examples;

import io.ratelimit.core.time.VirtualTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** H2, as much like PostgreSQL as it can be. */
final class TestDatabase {

  /** The time of tests, in place of the database's. */
  static final class Clocked extends SqlStore {
    private final VirtualTime time;

    Clocked(DataSource database, String queue, VirtualTime time) {
      super(database, queue);
      this.time = time;
    }

    @Override
    Instant now(Connection connection) {
      return time.now();
    }
  }

  private static final String OPTIONS =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=60000";

  /** Returns a new database in this JVM's memory. */
  static DataSource inMemory() {
    return at("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  /** Returns the database at an address. */
  static DataSource at(String url) {
    DataSource database = JdbcConnectionPool.create(url + OPTIONS, "sa", "");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      // PostgreSQL has a clock that goes on within a transaction; H2 asks the JVM.
      statement.execute(
          "CREATE ALIAS IF NOT EXISTS clock_timestamp FOR \"java.time.OffsetDateTime.now()\"");
      return database;
    } catch (SQLException e) {
      throw new IllegalStateException("H2 cannot be set up", e);
    }
  }

  private TestDatabase() {}
}
