"""Parameters fitted from history (B7, B8).

`histories` is the evidence, `prefix_tree` its compact form; `layout` has the position and the bounds of each
parameter; `expectation` is the E step for all targets at once; `expectation_maximisation` and `quasi_newton` climb the
`objective`; `fit` puts them together; `guard_rails` and `held_out` decide whether a fit may be used.
"""
