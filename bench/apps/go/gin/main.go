// The app on Gin: `gin ADDRESS`.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"

	"github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"bench/shop"
)

var (
	products  shop.Shelf[shop.Product]
	catalogue = shop.Catalogue()
)

func main() {
	validate := binding.Validator.Engine().(*validator.Validate)
	validate.SetTagName("validate")
	shop.Teach(validate)
	engine := gin.New()
	engine.Use(gin.Recovery())
	variant := os.Getenv("BENCH_APP")
	if variant == "compression" {
		engine.Use(gzip.Gzip(6))
	}
	engine.GET("/plaintext", func(context *gin.Context) { context.String(http.StatusOK, "Hello, World!") })
	engine.GET("/json", func(context *gin.Context) {
		context.JSON(http.StatusOK, shop.Greeting{Message: "Hello, World!"})
	})
	engine.POST("/products", createProduct)
	engine.POST("/orders", createOrder)
	engine.GET("/catalogue", func(context *gin.Context) { context.JSON(http.StatusOK, catalogue) })
	if variant == "operations" {
		for operation := range 1000 {
			engine.GET(fmt.Sprintf("/resources%03d/items/:id", operation), answer(operation))
		}
	}
	log.Fatal(engine.Run(os.Args[1]))
}

func createProduct(context *gin.Context) {
	var new shop.NewProduct
	if err := context.ShouldBindJSON(&new); err != nil {
		context.JSON(http.StatusUnprocessableEntity, gin.H{"error": err.Error()})
		return
	}
	product := new.Create()
	products.Put(product)
	context.JSON(http.StatusCreated, product)
}

func createOrder(context *gin.Context) {
	var order shop.NewOrder
	if err := context.ShouldBindJSON(&order); err != nil {
		context.JSON(http.StatusUnprocessableEntity, gin.H{"error": err.Error()})
		return
	}
	context.JSON(http.StatusCreated, order.Receipt())
}

func answer(operation int) gin.HandlerFunc {
	return func(context *gin.Context) {
		id, err := strconv.ParseInt(context.Param("id"), 10, 64)
		if err != nil {
			context.JSON(http.StatusUnprocessableEntity, gin.H{"error": err.Error()})
			return
		}
		context.JSON(http.StatusOK, shop.Answer{Operation: operation, ID: id})
	}
}
