// The app on Go's standard library and pgx: `nethttp ADDRESS`. `BENCH_APP=shortener` sends on who follows a link.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"

	"github.com/go-playground/validator/v10"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const connections = 20

var (
	validate = validator.New(validator.WithRequiredStructEnabled())
	pool     *pgxpool.Pool
)

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns, config.MinConns = connections, connections
	pool, err = pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	if os.Getenv("BENCH_APP") == "shortener" {
		addLinks(mux)
	} else {
		addProducts(mux)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], mux))
}

// read answers itself what is not JSON or breaks a rule.
func read(writer http.ResponseWriter, request *http.Request, into any) bool {
	body := http.MaxBytesReader(writer, request.Body, 1<<20)
	if err := json.NewDecoder(body).Decode(into); err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return false
	}
	if err := validate.Struct(into); err != nil {
		http.Error(writer, err.Error(), http.StatusUnprocessableEntity)
		return false
	}
	return true
}

// answer tells what became of a statement.
func answer(writer http.ResponseWriter, status int, value any, err error) {
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		http.Error(writer, "not found", http.StatusNotFound)
	case err != nil:
		log.Print(err)
		http.Error(writer, "internal error", http.StatusInternalServerError)
	default:
		writer.Header().Set("Content-Type", "application/json")
		writer.WriteHeader(status)
		_ = json.NewEncoder(writer).Encode(value)
	}
}
