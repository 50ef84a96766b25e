/** What a host application implements to process events, and what becomes of each attempt. */
@NullMarked
package io.ratelimit.core.handler;

import org.jspecify.annotations.NullMarked;
