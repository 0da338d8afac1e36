// The app on Fiber: `fiber ADDRESS`.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/go-playground/validator/v10"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/compress"

	"bench/shop"
)

var (
	products  shop.Shelf[shop.Product]
	catalogue = shop.Catalogue()
)

type structValidator struct{ validate *validator.Validate }

func (v structValidator) Validate(value any) error { return v.validate.Struct(value) }

func main() {
	validate := shop.Teach(validator.New(validator.WithRequiredStructEnabled()))
	// Created things outlive their request: without Immutable, Fiber reuses the memory of their texts.
	app := fiber.New(fiber.Config{StructValidator: structValidator{validate}, Immutable: true})
	variant := os.Getenv("BENCH_APP")
	if variant == "compression" {
		app.Use(compress.New(compress.Config{Level: compress.LevelDefault}))
	}
	app.Get("/plaintext", func(context fiber.Ctx) error { return context.SendString("Hello, World!") })
	app.Get("/json", func(context fiber.Ctx) error { return context.JSON(shop.Greeting{Message: "Hello, World!"}) })
	app.Post("/products", createProduct)
	app.Post("/orders", createOrder)
	app.Get("/catalogue", func(context fiber.Ctx) error { return context.JSON(catalogue) })
	if variant == "operations" {
		for operation := range 1000 {
			app.Get(fmt.Sprintf("/resources%03d/items/:id", operation), answer(operation))
		}
	}
	log.Fatal(app.Listen(os.Args[1], fiber.ListenConfig{DisableStartupMessage: true}))
}

func createProduct(context fiber.Ctx) error {
	var new shop.NewProduct
	if err := context.Bind().JSON(&new); err != nil {
		return fiber.NewError(fiber.StatusUnprocessableEntity, err.Error())
	}
	product := new.Create()
	products.Put(product)
	return context.Status(fiber.StatusCreated).JSON(product)
}

func createOrder(context fiber.Ctx) error {
	var order shop.NewOrder
	if err := context.Bind().JSON(&order); err != nil {
		return fiber.NewError(fiber.StatusUnprocessableEntity, err.Error())
	}
	return context.Status(fiber.StatusCreated).JSON(order.Receipt())
}

func answer(operation int) fiber.Handler {
	return func(context fiber.Ctx) error {
		id := fiber.Params[int64](context, "id", -1)
		if id < 0 {
			return fiber.NewError(fiber.StatusUnprocessableEntity, "id is no number")
		}
		return context.JSON(shop.Answer{Operation: operation, ID: id})
	}
}
