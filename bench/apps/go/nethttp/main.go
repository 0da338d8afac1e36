// The app on Go's standard library: `nethttp ADDRESS`.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"

	"github.com/go-playground/validator/v10"
	"github.com/klauspost/compress/gzhttp"

	"bench/shop"
)

var (
	validate  = shop.Teach(validator.New(validator.WithRequiredStructEnabled()))
	products  shop.Shelf[shop.Product]
	catalogue = shop.Catalogue()
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /plaintext", plaintext)
	mux.HandleFunc("GET /json", greet)
	mux.HandleFunc("POST /products", createProduct)
	mux.HandleFunc("POST /orders", createOrder)
	mux.HandleFunc("GET /catalogue", listCatalogue)
	var handler http.Handler = mux
	switch os.Getenv("BENCH_APP") {
	case "operations":
		for operation := range 1000 {
			mux.HandleFunc(fmt.Sprintf("GET /resources%03d/items/{id}", operation), answer(operation))
		}
	case "compression":
		wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(6))
		if err != nil {
			log.Fatal(err)
		}
		handler = wrap(mux)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], handler))
}

func plaintext(writer http.ResponseWriter, _ *http.Request) {
	writer.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = writer.Write([]byte("Hello, World!"))
}

func greet(writer http.ResponseWriter, _ *http.Request) {
	write(writer, http.StatusOK, shop.Greeting{Message: "Hello, World!"})
}

func createProduct(writer http.ResponseWriter, request *http.Request) {
	var new shop.NewProduct
	if !read(writer, request, &new) {
		return
	}
	product := new.Create()
	products.Put(product)
	write(writer, http.StatusCreated, product)
}

func createOrder(writer http.ResponseWriter, request *http.Request) {
	var order shop.NewOrder
	if !read(writer, request, &order) {
		return
	}
	write(writer, http.StatusCreated, order.Receipt())
}

func listCatalogue(writer http.ResponseWriter, _ *http.Request) {
	write(writer, http.StatusOK, catalogue)
}

func answer(operation int) http.HandlerFunc {
	return func(writer http.ResponseWriter, request *http.Request) {
		id, err := strconv.ParseInt(request.PathValue("id"), 10, 64)
		if err != nil {
			http.Error(writer, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		write(writer, http.StatusOK, shop.Answer{Operation: operation, ID: id})
	}
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

func write(writer http.ResponseWriter, status int, value any) {
	writer.Header().Set("Content-Type", "application/json")
	writer.WriteHeader(status)
	_ = json.NewEncoder(writer).Encode(value)
}
