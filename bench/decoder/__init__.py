"""The decoder's side of a reducer with an inverse: what it rebuilds, cleans, joins and makes up."""
