package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// seeded is how many products the benchmark's database begins with.
	seeded = 10_000
	// bundled is how many statements a bundle takes.
	bundled = 20

	selectOne = "select * from products where id = $1"
)

type newProduct struct {
	Name        string  `json:"name" validate:"required,max=100"`
	Description *string `json:"description" validate:"omitempty,max=500"`
	PriceCents  int32   `json:"price_cents" validate:"gte=1,lte=100000000"`
	Stock       int32   `json:"stock" validate:"gte=0,lte=1000000000"`
	Category    string  `json:"category" validate:"required,max=40"`
}

type product struct {
	ID          int32     `json:"id"`
	Name        string    `json:"name"`
	Description *string   `json:"description"`
	PriceCents  int32     `json:"price_cents"`
	Stock       int32     `json:"stock"`
	Category    string    `json:"category"`
	CreatedAt   time.Time `json:"created_at"`
}

type stockChange struct {
	Change *int32 `json:"change" validate:"required,gte=-1000,lte=1000"`
}

func addProducts(mux *http.ServeMux) {
	mux.HandleFunc("GET /products/{id}", getProduct)
	mux.HandleFunc("GET /products", listProducts)
	mux.HandleFunc("GET /bundles/{seed}", getBundle)
	mux.HandleFunc("POST /products", createProduct)
	mux.HandleFunc("POST /products/{id}/stock", changeStock)
	mux.HandleFunc("GET /slow", beSlow)
}

func getProduct(writer http.ResponseWriter, request *http.Request) {
	id, ok := number(writer, request.PathValue("id"))
	if !ok {
		return
	}
	found, err := scan(pool.QueryRow(request.Context(), selectOne, id))
	answer(writer, http.StatusOK, found, err)
}

func listProducts(writer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	limit, ok := number(writer, query.Get("limit"))
	if !ok {
		return
	}
	if limit < 1 || limit > 100 {
		http.Error(writer, "limit is from 1 to 100", http.StatusUnprocessableEntity)
		return
	}
	list := "select * from products where category = $1 order by id limit $2"
	rows, err := pool.Query(request.Context(), list, query.Get("category"), limit)
	if err != nil {
		answer(writer, http.StatusOK, nil, err)
		return
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (product, error) { return scan(row) })
	answer(writer, http.StatusOK, found, err)
}

// getBundle sends all statements in one batch, which is quicker than goroutines that share the pool.
func getBundle(writer http.ResponseWriter, request *http.Request) {
	seed, ok := number(writer, request.PathValue("seed"))
	if !ok {
		return
	}
	batch, found := &pgx.Batch{}, make([]product, bundled)
	for place := range bundled {
		id := int32((int64(seed)*31+int64(place)*487)%seeded + 1)
		batch.Queue(selectOne, id).QueryRow(func(row pgx.Row) (err error) {
			found[place], err = scan(row)
			return err
		})
	}
	err := pool.SendBatch(request.Context(), batch).Close()
	answer(writer, http.StatusOK, found, err)
}

func createProduct(writer http.ResponseWriter, request *http.Request) {
	var new newProduct
	if !read(writer, request, &new) {
		return
	}
	insert := `insert into products (name, description, price_cents, stock, category, created_at)
		values ($1, $2, $3, $4, $5, $6) returning *`
	created, err := scan(pool.QueryRow(request.Context(), insert,
		new.Name, new.Description, new.PriceCents, new.Stock, new.Category, time.Now()))
	answer(writer, http.StatusCreated, created, err)
}

func changeStock(writer http.ResponseWriter, request *http.Request) {
	var asked stockChange
	id, ok := number(writer, request.PathValue("id"))
	if !ok || !read(writer, request, &asked) {
		return
	}
	update := "update products set stock = stock + $1 where id = $2 returning *"
	changed, err := scan(pool.QueryRow(request.Context(), update, *asked.Change, id))
	answer(writer, http.StatusOK, changed, err)
}

func beSlow(writer http.ResponseWriter, request *http.Request) {
	if _, err := pool.Exec(request.Context(), "select 1 from pg_sleep(2)"); err != nil {
		answer(writer, http.StatusOK, nil, err)
		return
	}
	writer.WriteHeader(http.StatusNoContent)
}

func scan(row pgx.Row) (product, error) {
	var found product
	err := row.Scan(&found.ID, &found.Name, &found.Description, &found.PriceCents, &found.Stock, &found.Category,
		&found.CreatedAt)
	found.CreatedAt = found.CreatedAt.UTC()
	return found, err
}

// number answers itself what is none.
func number(writer http.ResponseWriter, text string) (int32, bool) {
	value, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		http.Error(writer, err.Error(), http.StatusUnprocessableEntity)
	}
	return int32(value), err == nil
}
