package main

import (
	"context"
	"log"
	"net/http"
	"sync"
	"time"
)

// clicks are counted in memory and written once a second.
var clicks struct {
	lock   sync.Mutex
	counts map[string]int64
}

func addLinks(mux *http.ServeMux) {
	clicks.counts = map[string]int64{}
	go writeRegularly()
	mux.HandleFunc("GET /{slug}", follow)
}

func follow(writer http.ResponseWriter, request *http.Request) {
	slug, url := request.PathValue("slug"), ""
	row := pool.QueryRow(request.Context(), "select url from links where slug = $1", slug)
	if err := row.Scan(&url); err != nil {
		answer(writer, http.StatusOK, nil, err)
		return
	}
	clicks.lock.Lock()
	clicks.counts[slug]++
	clicks.lock.Unlock()
	http.Redirect(writer, request, url, http.StatusTemporaryRedirect)
}

func writeRegularly() {
	for range time.Tick(time.Second) {
		clicks.lock.Lock()
		taken := clicks.counts
		clicks.counts = map[string]int64{}
		clicks.lock.Unlock()
		if len(taken) == 0 {
			continue
		}
		if err := write(taken); err != nil {
			log.Print("clicks are lost: ", err)
		}
	}
}

func write(taken map[string]int64) error {
	slugs, counts := make([]string, 0, len(taken)), make([]int64, 0, len(taken))
	for slug, count := range taken {
		slugs, counts = append(slugs, slug), append(counts, count)
	}
	_, err := pool.Exec(context.Background(),
		`update links set clicks = links.clicks + new.clicks, last_clicked_at = $3
		from unnest($1::text[], $2::bigint[]) as new (slug, clicks) where links.slug = new.slug`,
		slugs, counts, time.Now())
	return err
}
