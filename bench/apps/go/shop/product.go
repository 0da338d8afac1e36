// Package shop is what the three Go apps share: the types with their rules, and where they are kept.
package shop

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

type Greeting struct {
	Message string `json:"message"`
}

type Answer struct {
	Operation int   `json:"operation"`
	ID        int64 `json:"id"`
}

type NewProduct struct {
	Name        string          `json:"name" validate:"required,max=100"`
	Description *string         `json:"description" validate:"omitempty,max=500"`
	Price       decimal.Decimal `json:"price" validate:"gt=0,lte=1000000,two_decimals"`
	Stock       int64           `json:"stock" validate:"gte=0"`
	Category    string          `json:"category" validate:"required"`
}

type Product struct {
	ID          uuid.UUID       `json:"id"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Price       decimal.Decimal `json:"price"`
	Stock       int64           `json:"stock"`
	Category    string          `json:"category"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
}

func (new NewProduct) Create() Product {
	now := time.Now().UTC()
	return Product{
		ID: uuid.New(), Name: new.Name, Description: new.Description, Price: new.Price,
		Stock: new.Stock, Category: new.Category, CreatedAt: now, UpdatedAt: now,
	}
}

// Catalogue is a hundred products that are always there.
func Catalogue() []Product {
	products := make([]Product, 100)
	for number := range products {
		products[number] = catalogueProduct(int64(number))
	}
	return products
}

func catalogueProduct(number int64) Product {
	description := "Warm light, with a dimmer"
	epoch := time.Unix(0, 0).UTC()
	return Product{
		ID:   uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", number)),
		Name: fmt.Sprintf("Desk lamp %d", number), Description: &description,
		Price: decimal.New(3990+number, -2), Stock: number, Category: "lamps", CreatedAt: epoch, UpdatedAt: epoch,
	}
}
