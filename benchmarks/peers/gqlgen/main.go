// A peer of benchmarks/reads.py and benchmarks/peer_answers.py: gqlgen with dataloaders and the official driver.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/vektah/gqlparser/v2/ast"

	"graph-api/peers/gqlgen/graph"
)

const host = "127.0.0.1:"

func main() {
	account := neo4j.BasicAuth(os.Getenv("DATABASE_USER"), os.Getenv("DATABASE_PASSWORD"), "")
	driver, err := neo4j.NewDriverWithContext(os.Getenv("DATABASE_URI"), account)
	if err != nil {
		log.Fatal(err)
	}
	database := &graph.Database{Driver: driver, Name: os.Getenv("DATABASE_NAME")}
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{
		Database: database, Locks: os.Getenv("LOCKS") != "", Students: os.Getenv("STUDENTS"),
	}})
	server := handler.New(schema)
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	http.HandleFunc("/graphql", func(reply http.ResponseWriter, request *http.Request) {
		server.ServeHTTP(reply, request.WithContext(graph.WithLoaders(request.Context(), database)))
	})
	go func() {
		count := func(reply http.ResponseWriter, _ *http.Request) { fmt.Fprint(reply, database.Statements.Load()) }
		log.Fatal(http.ListenAndServe(host+os.Getenv("STATEMENTS_PORT"), http.HandlerFunc(count)))
	}()
	log.Fatal(http.ListenAndServe(host+os.Getenv("PORT"), nil))
}
