package io.ratelimit.cli;

import io.ratelimit.cli.api.ApiCommand;
import io.ratelimit.cli.config.ConfigCommand;
import io.ratelimit.cli.config.Configuration;
import io.ratelimit.cli.config.ConfiguredDefaults;
import io.ratelimit.cli.doctor.DoctorCommand;
import io.ratelimit.cli.history.ForecastCommand;
import io.ratelimit.cli.history.HistoryCommand;
import io.ratelimit.cli.limiter.LimiterCommand;
import io.ratelimit.cli.log.LogOptions;
import io.ratelimit.cli.manager.LimitCommand;
import io.ratelimit.cli.manager.ListCommand;
import io.ratelimit.cli.manager.PauseCommand;
import io.ratelimit.cli.manager.ResultCommand;
import io.ratelimit.cli.manager.ResumeCommand;
import io.ratelimit.cli.manager.ScheduleCommand;
import io.ratelimit.cli.manager.StartCommand;
import io.ratelimit.cli.manager.StatusCommand;
import io.ratelimit.cli.manager.StopCommand;
import io.ratelimit.cli.manager.WorkersCommand;
import io.ratelimit.cli.monitor.MonitorCommand;
import io.ratelimit.cli.queue.QueueCommand;
import io.ratelimit.cli.round.DemoCommand;
import io.ratelimit.cli.round.PlanCommand;
import io.ratelimit.cli.scenario.ScenarioCommands;
import io.ratelimit.cli.shell.Causes;
import io.ratelimit.cli.shell.CommandGroup;
import io.ratelimit.cli.shell.ExitCode;
import io.ratelimit.cli.shell.InputException;
import io.ratelimit.cli.shell.Terminal;
import io.ratelimit.cli.shell.Version;
import io.ratelimit.cli.system.SystemCommand;
import io.ratelimit.cli.web.WebServerException;
import io.ratelimit.cli.worker.WorkerCommand;
import io.ratelimit.core.history.HistoryException;
import io.ratelimit.core.internal.check.Printable;
import io.ratelimit.core.queue.NoSuchQueueException;
import io.ratelimit.core.queue.QueueException;
import io.ratelimit.temporal.manager.ManagerException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole. */
@Command(
    name = "ratelimit",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Processes rounds of audit events under a guaranteed rate limit.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0    success",
      "  1    a round missed its deadline, exceeded its limit or lost an event;",
      "       a manager ended without a result; or a check of doctor failed",
      "  2    bad input, including an id that is unknown or already in use",
      "  3    a server could not be reached or refused the request",
      "  4    a result did not arrive in time",
      "  5    simulate tune: no value reaches the goal",
      "  74   the output could not be written, for example on a full disk",
      "  130  interrupted (Ctrl-C)",
      "  141  the reader of the output closed the pipe",
      "%nExample:%n  ratelimit demo",
      "%nFor help on a command: ratelimit COMMAND --help"
    })
public final class Cli extends CommandGroup {

  private static final Pattern NAME = Pattern.compile("-{0,2}[a-z-]{1,30}");

  /**
   * Exit codes of refusals by a manager or its server; any other failure means that it could not be
   * reached.
   */
  private static final Map<Class<? extends ManagerException>, Integer> EXIT_CODES =
      Map.of(
          ManagerException.AlreadyStarted.class, ExitCode.BAD_INPUT,
          ManagerException.UnknownManager.class, ExitCode.BAD_INPUT,
          ManagerException.NotRunning.class, ExitCode.BAD_INPUT,
          ManagerException.NotAManager.class, ExitCode.BAD_INPUT,
          ManagerException.ScheduleConflict.class, ExitCode.BAD_INPUT,
          ManagerException.UnknownSchedule.class, ExitCode.BAD_INPUT,
          ManagerException.Refused.class, ExitCode.BAD_INPUT,
          ManagerException.NotFinished.class, ExitCode.NOT_YET,
          ManagerException.Ended.class, ExitCode.MISSED);

  private static final int LONGEST_REASON = 500;
  private static final int NARROWEST_HELP = 60;
  private static final int WIDEST_HELP = 100;

  private Cli() {}

  /**
   * Runs the command that the arguments name, in this process, on its standard streams.
   *
   * @return the exit code
   */
  public static int run(String... args) {
    return run(Terminal.ofThisProcess(), System.in, System.getenv(), args);
  }

  public static int run(
      Terminal terminal, InputStream input, Map<String, String> environment, String... args) {
    int exitCode;
    try {
      Configuration configuration = Configuration.of(environment, args);
      CommandLine commandLine = commandLine(terminal, input, configuration);
      configuration.requireKnown(commandLine.getCommandSpec());
      configuration
          .warnings(commandLine.getCommandSpec())
          .forEach(warning -> terminal.err().println("ratelimit: " + warning));
      exitCode = commandLine.execute(args);
    } catch (InputException refused) {
      terminal.err().println("ratelimit: " + refused.getMessage());
      exitCode = ExitCode.BAD_INPUT;
    } catch (OutOfMemoryError tooMuch) {
      terminal.err().println("ratelimit: out of memory; use fewer events, or java -Xmx");
      exitCode = ExitCode.BAD_INPUT;
    }
    if (terminal.out().checkError()) {
      exitCode = outputFailed(terminal);
    }
    terminal.err().flush();
    return exitCode;
  }

  /** Returns the exit code for failed output; prints a message unless the reader has gone. */
  private static int outputFailed(Terminal terminal) {
    String reason = terminal.out().failure().map(Causes::told).orElse("it is closed");
    if (reason.contains("Broken pipe")) {
      return ExitCode.OUTPUT_CLOSED;
    }
    terminal.err().println("ratelimit: the output cannot be written: " + reason);
    return ExitCode.OUTPUT_FAILED;
  }

  private static CommandLine commandLine(
      Terminal terminal, InputStream input, Configuration configuration) {
    int width = Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, terminal.width().getAsInt()));
    CommandLine all = commands(terminal, input, configuration);
    LogOptions.use(all);
    ConfiguredDefaults.use(configuration, all);
    return all.setOut(terminal.out().ofOwnTexts())
        .setErr(terminal.err().ofOwnTexts())
        .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colors() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(width)
        .setUsageHelpLongOptionsMaxWidth(30)
        .setParameterExceptionHandler(
            (failure, args) -> refused(failure, terminal, configuration, args))
        .setExecutionExceptionHandler(
            (failure, command, result) -> failed(failure, command, terminal));
  }

  /** Returns all commands, without output and error handling. */
  static CommandLine commands(Terminal terminal, InputStream input, Configuration configuration) {
    return new CommandLine(new Cli())
        .addSubcommand(new DemoCommand(terminal, input))
        .addSubcommand(new PlanCommand(terminal, input))
        .addSubcommand(ScenarioCommands.commandLine(terminal, input))
        .addSubcommand(QueueCommand.commandLine(terminal, input, new MonitorCommand(terminal)))
        .addSubcommand(LimiterCommand.commandLine(terminal))
        .addSubcommand(new SystemCommand(terminal, input))
        .addSubcommand(new WorkerCommand(terminal))
        .addSubcommand(new ApiCommand(terminal))
        .addSubcommand(new StartCommand(terminal))
        .addSubcommand(new ListCommand(terminal))
        .addSubcommand(new StatusCommand(terminal))
        .addSubcommand(new ResultCommand(terminal))
        .addSubcommand(new StopCommand(terminal))
        .addSubcommand(new PauseCommand(terminal))
        .addSubcommand(new ResumeCommand(terminal))
        .addSubcommand(new LimitCommand(terminal))
        .addSubcommand(new WorkersCommand(terminal))
        .addSubcommand(ScheduleCommand.commandLine(terminal))
        .addSubcommand(new MonitorCommand(terminal))
        .addSubcommand(new HistoryCommand(terminal))
        .addSubcommand(new ForecastCommand(terminal))
        .addSubcommand(new DoctorCommand(terminal))
        .addSubcommand(new ConfigCommand(terminal, configuration))
        .addSubcommand(new CompletionCommand());
  }

  private static int refused(
      ParameterException failure, Terminal terminal, Configuration configuration, String... args) {
    CommandLine command = failure.getCommandLine();
    say(
        terminal,
        command,
        reason(failure, command.getCommandSpec()) + source(failure, configuration, List.of(args)));
    return ExitCode.BAD_INPUT;
  }

  /** Returns the source of a refused value, if it is not the command line. */
  private static String source(
      ParameterException failure, Configuration configuration, List<String> args) {
    if (!(failure.getArgSpec() instanceof OptionSpec option)) {
      return "";
    }
    boolean given =
        Stream.of(option.names())
            .anyMatch(
                name ->
                    args.stream().anyMatch(arg -> arg.equals(name) || arg.startsWith(name + "=")));
    return given
        ? ""
        : configuration
            .find(option.command(), option)
            .map(setting -> " (from " + setting.source() + ")")
            .orElse("");
  }

  private static String reason(ParameterException failure, CommandSpec spec) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      String name = nameIn(unmatched.getUnmatched().get(0));
      String help = "; see " + spec.qualifiedName() + " --help";
      if (unmatched.isUnknownOption()) {
        List<String> similar = unmatched.getSuggestions();
        return "unknown option "
            + name
            + (similar.isEmpty() ? help : "; did you mean " + String.join(" or ", similar) + "?");
      }
      return spec.subcommands().isEmpty()
          ? "unexpected argument (not shown, as it may be a secret)" + help
          : "unknown command " + name + "; they are " + names(spec);
    }
    String message = String.join(" ", String.valueOf(failure.getMessage()).lines().toList());
    return Printable.cut(message, LONGEST_REASON);
  }

  /** Returns the name in an argument; the rest may be a password. */
  private static String nameIn(String argument) {
    Matcher name = NAME.matcher(argument);
    String shown = name.lookingAt() ? name.group() : "";
    return '"' + shown + (shown.length() == argument.length() ? "" : "…") + '"';
  }

  private static int failed(Exception failure, CommandLine command, Terminal terminal) {
    if (failure instanceof InputException refused) {
      say(terminal, command, String.valueOf(refused.getMessage()));
      refused.details().forEach(terminal.err()::println);
      return ExitCode.BAD_INPUT;
    }
    if (failure instanceof WebServerException) {
      say(terminal, command, String.valueOf(failure.getMessage()));
      return ExitCode.BAD_INPUT;
    }
    if (failure instanceof NoSuchQueueException) {
      say(
          terminal,
          command,
          failure.getMessage()
              + " (ratelimit queue list shows all; queue publish and worker create what is missing)");
      return ExitCode.BAD_INPUT;
    }
    if (failure instanceof QueueException || failure instanceof HistoryException) {
      say(terminal, command, Causes.told(failure));
      return ExitCode.UNAVAILABLE;
    }
    if (failure instanceof ManagerException refusal) {
      say(terminal, command, Causes.readable(String.valueOf(refusal.getMessage())));
      return exitCode(refusal.getClass());
    }
    say(terminal, command, "this is a bug, please report it:");
    Causes.traced(failure).forEach(terminal.err()::println);
    terminal.err().flush();
    return ExitCode.INTERNAL_ERROR;
  }

  static int exitCode(Class<? extends ManagerException> refusal) {
    return EXIT_CODES.getOrDefault(refusal, ExitCode.UNAVAILABLE);
  }

  private static void say(Terminal terminal, CommandLine command, String message) {
    terminal.err().println(command.getCommandSpec().qualifiedName() + ": " + message);
    terminal.err().flush();
  }
}
