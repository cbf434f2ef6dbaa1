"""Cards of pictures, and what members open from them."""
