"""Approvals, reports, strikes, posts to moderators and the feed."""
