package shop

import (
	"math"
	"reflect"

	"github.com/go-playground/validator/v10"
	"github.com/shopspring/decimal"
)

// Teach makes the validator know decimals.
func Teach(validate *validator.Validate) *validator.Validate {
	validate.RegisterCustomTypeFunc(number, decimal.Decimal{})
	if err := validate.RegisterValidation("two_decimals", hasTwoDecimals); err != nil {
		panic(err)
	}
	return validate
}

func number(value reflect.Value) any {
	return value.Interface().(decimal.Decimal).InexactFloat64()
}

func hasTwoDecimals(field validator.FieldLevel) bool {
	hundredfold := field.Field().Float() * 100
	return math.Abs(hundredfold-math.Round(hundredfold)) < 1e-6
}
