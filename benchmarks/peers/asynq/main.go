// Arguments: port, concurrency, jobs, milliseconds that a job takes. Prints the seconds that the jobs
// took, and the seconds of a processor that Redis used. A first fifth of them more is not measured.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

var used = regexp.MustCompile(`(?m)^used_cpu_(?:sys|user):([0-9.]+)`)

type moment struct {
	clock time.Time
	redis float64
}

func now(client *redis.Client) moment {
	info, err := client.Info(context.Background(), "cpu").Result()
	if err != nil {
		panic(err)
	}
	sum := 0.0
	for _, match := range used.FindAllStringSubmatch(info, -1) {
		seconds, _ := strconv.ParseFloat(match[1], 64)
		sum += seconds
	}
	return moment{time.Now(), sum}
}

func argument(n int) int {
	value, err := strconv.Atoi(os.Args[n])
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	address := "127.0.0.1:" + os.Args[1]
	concurrency, jobs, millis := argument(2), argument(3), argument(4)
	redisClient := redis.NewClient(&redis.Options{Addr: address})
	client := asynq.NewClient(asynq.RedisClientOpt{Addr: address})
	warmUp := jobs / 5
	for n := 0; n < jobs+warmUp; n++ {
		if _, err := client.Enqueue(asynq.NewTask("job", nil)); err != nil {
			panic(err)
		}
	}
	var done int64
	var since moment
	end := make(chan moment, 1)
	server := asynq.NewServer(
		asynq.RedisClientOpt{Addr: address},
		asynq.Config{Concurrency: concurrency, LogLevel: asynq.FatalLevel},
	)
	handler := func(context.Context, *asynq.Task) error {
		if millis > 0 {
			time.Sleep(time.Duration(millis) * time.Millisecond)
		}
		switch atomic.AddInt64(&done, 1) {
		case int64(warmUp):
			since = now(redisClient)
		case int64(jobs + warmUp):
			end <- now(redisClient)
		}
		return nil
	}
	if err := server.Start(asynq.HandlerFunc(handler)); err != nil {
		panic(err)
	}
	until := <-end
	fmt.Println(until.clock.Sub(since.clock).Seconds(), until.redis-since.redis)
	server.Shutdown()
}
