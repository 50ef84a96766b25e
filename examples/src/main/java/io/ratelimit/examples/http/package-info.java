/**
 * Audits over a real HTTP API: a handler that turns answers into outcomes, what the API says of its
 * quota fed back into the queue's limit, and an API to try it on.
 */
@NullMarked
package io.ratelimit.examples.http;

import org.jspecify.annotations.NullMarked;
