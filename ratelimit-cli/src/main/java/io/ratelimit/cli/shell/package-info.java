/** What every command stands on: the terminal, text and JSON, threads that repeat, interruption. */
@NullMarked
package io.ratelimit.cli.shell;

import org.jspecify.annotations.NullMarked;
