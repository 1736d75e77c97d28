"""How a document is limited, priced, paced and executed; it knows GraphQL, and no type of this schema."""
