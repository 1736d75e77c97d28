// Delete every node but migrations, once students are gone.
// params: -
// mode: write
// returns: nothing
// columns: -
// about: everybody
MATCH (node)
WHERE NOT node:Migration
DETACH DELETE node
