package io.ratelimit.spring.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with handlers and with parts that a slice leaves out. */
@SpringBootApplication
class SampleApplication {}
