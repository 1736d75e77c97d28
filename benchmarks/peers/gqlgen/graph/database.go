package graph

import (
	"context"
	"sync/atomic"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Database is the driver, and a counter of statements.
type Database struct {
	Driver     neo4j.DriverWithContext
	Name       string
	Statements atomic.Int64
}

// Read returns the rows of a statement that commits by itself.
func (database *Database) Read(ctx context.Context, statement string, parameters map[string]any) ([]*neo4j.Record, error) {
	database.Statements.Add(1)
	session := database.Driver.NewSession(ctx, neo4j.SessionConfig{
		DatabaseName: database.Name, AccessMode: neo4j.AccessModeRead, FetchSize: neo4j.FetchAll,
	})
	defer session.Close(ctx)
	result, err := session.Run(ctx, statement, parameters)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}

func text(record *neo4j.Record, key string) string {
	value, _ := record.AsMap()[key].(string)
	return value
}

func texts(value any) []string {
	items, _ := value.([]any)
	list := make([]string, len(items))
	for place, item := range items {
		list[place], _ = item.(string)
	}
	return list
}
