package shop

import (
	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

type NewOrder struct {
	Customer Customer    `json:"customer" validate:"required"`
	Lines    []OrderLine `json:"lines" validate:"min=1,max=500,dive"`
}

type Customer struct {
	Name    string  `json:"name" validate:"required,max=100"`
	Address Address `json:"address" validate:"required"`
}

type Address struct {
	Street     string `json:"street" validate:"required,max=200"`
	City       string `json:"city" validate:"required,max=100"`
	PostalCode string `json:"postal_code" validate:"required,max=20"`
	Country    string `json:"country" validate:"len=2"`
}

type OrderLine struct {
	SKU      string          `json:"sku" validate:"required,max=40"`
	Name     string          `json:"name" validate:"required,max=100"`
	Quantity int64           `json:"quantity" validate:"gte=1,lte=1000"`
	Price    decimal.Decimal `json:"price" validate:"gt=0,lte=1000000,two_decimals"`
	Tags     []string        `json:"tags" validate:"max=10,dive,min=1,max=30"`
	Note     *string         `json:"note" validate:"omitempty,max=500"`
}

type OrderReceipt struct {
	ID    uuid.UUID       `json:"id"`
	Lines int             `json:"lines"`
	Total decimal.Decimal `json:"total"`
}

func (order NewOrder) Receipt() OrderReceipt {
	total := decimal.Zero
	for _, line := range order.Lines {
		total = total.Add(line.Price.Mul(decimal.NewFromInt(line.Quantity)))
	}
	return OrderReceipt{ID: uuid.New(), Lines: len(order.Lines), Total: total}
}
