/** The basis of all commands: terminal, text and JSON, background threads, interruption. */
@NullMarked
package io.ratelimit.cli.shell;

import org.jspecify.annotations.NullMarked;
