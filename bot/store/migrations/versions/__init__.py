"""The migrations. A released one is never changed; each stands alone and imports nothing of ours."""
