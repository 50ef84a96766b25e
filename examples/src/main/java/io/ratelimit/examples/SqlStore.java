package io.ratelimit.examples;

import io.ratelimit.core.queue.QueueStore;
import io.ratelimit.core.queue.QueueStore.StoredRecord;
import io.ratelimit.core.queue.QueueUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * Keeps queues in two tables of a host's own database, in the SQL of PostgreSQL: one row for each
 * queue, which is its lock, and one for each record.
 */
class SqlStore implements QueueStore {

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE IF NOT EXISTS ratelimit_queue (
            name VARCHAR(100) PRIMARY KEY,
            version BIGINT NOT NULL)""",
          """
          CREATE TABLE IF NOT EXISTS ratelimit_record (
            queue VARCHAR(100) NOT NULL,
            id BIGINT NOT NULL,
            version BIGINT NOT NULL,
            body TEXT,
            PRIMARY KEY (queue, id))""",
          """
          CREATE INDEX IF NOT EXISTS ratelimit_record_version
            ON ratelimit_record (queue, version)""");

  private static final String CREATE =
      "INSERT INTO ratelimit_queue (name, version) VALUES (?, 0) ON CONFLICT DO NOTHING";

  // A take decides on the one limit that all takers share: they wait for each other here, and none
  // may skip what another one has locked.
  private static final String LOCK =
      "SELECT version FROM ratelimit_queue WHERE name = ? FOR UPDATE";
  // Read behind the lock: CURRENT_TIMESTAMP is from before the wait for it.
  private static final String CLOCK = "SELECT CLOCK_TIMESTAMP()";
  private static final String CHANGED =
      "SELECT id, body FROM ratelimit_record WHERE queue = ? AND version > ? ORDER BY version, id";
  private static final String REPLACE =
      "UPDATE ratelimit_record SET version = ?, body = ? WHERE queue = ? AND id = ?";
  private static final String ADD =
      "INSERT INTO ratelimit_record (version, body, queue, id) VALUES (?, ?, ?, ?)";
  private static final String ADVANCE = "UPDATE ratelimit_queue SET version = ? WHERE name = ?";
  private static final String FORGET =
      "DELETE FROM ratelimit_record WHERE queue = ? AND version <= ? AND body IS NULL";

  private final DataSource database;
  private final String queue;

  SqlStore(DataSource database, String queue) {
    this.database = database;
    this.queue = queue;
  }

  /** Creates the tables and the queue's row, where they are not there yet. */
  SqlStore create() {
    try (Connection connection = database.getConnection();
        Statement tables = connection.createStatement()) {
      for (String table : TABLES) {
        tables.execute(table);
      }
      try (PreparedStatement row = connection.prepareStatement(CREATE)) {
        row.setString(1, queue);
        row.executeUpdate();
      }
      return this;
    } catch (SQLException e) {
      throw unavailable("the tables of the queue could not be created", e);
    }
  }

  // docs/own-queue.md
  @Override
  public <T> T transact(Function<Transaction, T> work) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      T result;
      try {
        result = work.apply(new Locked(connection));
      } catch (RuntimeException | Error failed) {
        connection.rollback();
        throw failed;
      }
      commit(connection);
      return result;
    } catch (SQLException e) {
      throw unavailable("the database cannot be reached, and nothing was changed", e);
    }
  }

  // docs/own-queue.md

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw unavailable("the database was asked to commit, and may or may not have", e);
    }
  }

  private static QueueUnavailableException unavailable(String what, SQLException cause) {
    return new QueueUnavailableException(what + ": " + cause.getMessage(), cause);
  }

  /** Returns the database's time. */
  Instant now(Connection connection) throws SQLException {
    try (Statement clock = connection.createStatement();
        ResultSet time = clock.executeQuery(CLOCK)) {
      time.next();
      return time.getObject(1, OffsetDateTime.class).toInstant();
    }
  }

  /** A transaction that holds the queue's row. */
  private final class Locked implements Transaction {
    private final Connection connection;
    private final long version;

    Locked(Connection connection) {
      this.connection = connection;
      this.version =
          query(
              LOCK,
              lock -> {
                lock.setString(1, queue);
                try (ResultSet row = lock.executeQuery()) {
                  if (!row.next()) {
                    throw new SQLException("there is no queue " + queue + "; create() it first");
                  }
                  return row.getLong(1);
                }
              });
    }

    /** A step that JDBC may refuse. */
    private interface Step<T> {
      T with(PreparedStatement statement) throws SQLException;
    }

    private <T> T query(String sql, Step<T> step) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        return step.with(statement);
      } catch (SQLException e) {
        throw unavailable("the database failed, and nothing was changed", e);
      }
    }

    @Override
    public Instant now() {
      try {
        return SqlStore.this.now(connection);
      } catch (SQLException e) {
        throw unavailable("the database does not tell its time, and nothing was changed", e);
      }
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public List<StoredRecord> changedAfter(long after) {
      return query(
          CHANGED,
          changed -> {
            changed.setString(1, queue);
            changed.setLong(2, after);
            List<StoredRecord> records = new ArrayList<>();
            try (ResultSet row = changed.executeQuery()) {
              while (row.next()) {
                records.add(
                    new StoredRecord(row.getLong(1), Optional.ofNullable(row.getString(2))));
              }
            }
            return records;
          });
    }

    @Override
    public void write(long newVersion, List<StoredRecord> records) {
      int[] replaced = batch(REPLACE, newVersion, records);
      List<StoredRecord> added = new ArrayList<>();
      for (int i = 0; i < replaced.length; i++) {
        if (replaced[i] == 0) {
          added.add(records.get(i));
        }
      }
      int[] unused = batch(ADD, newVersion, added);
      update(ADVANCE, newVersion, queue);
    }

    private int[] batch(String sql, long newVersion, List<StoredRecord> records) {
      return query(
          sql,
          statement -> {
            for (StoredRecord record : records) {
              statement.setLong(1, newVersion);
              statement.setString(2, record.text().orElse(null));
              statement.setString(3, queue);
              statement.setLong(4, record.id());
              statement.addBatch();
            }
            return statement.executeBatch();
          });
    }

    @Override
    public void forgetRemoved(long upTo) {
      update(FORGET, queue, upTo);
    }

    private void update(String sql, Object... values) {
      int unused =
          query(
              sql,
              statement -> {
                for (int i = 0; i < values.length; i++) {
                  statement.setObject(i + 1, values[i]);
                }
                return statement.executeUpdate();
              });
    }
  }
}
