"""What the shop's API answers. Edit and ask again: there is nothing to restart."""
import json
import os

import psycopg2
import redis

GREETING = "welcome to the shop"
CACHE_SECONDS = 5

cache = redis.Redis(host=os.environ["REDIS_HOST"])


def query(sql, *values):
    """The rows of a statement; host, user, database and password come from the PG* variables."""
    connection = psycopg2.connect("")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()
    finally:
        connection.close()


def items():
    cached = cache.get("items")
    if cached:
        return json.loads(cached)
    rows = [{"id": i, "name": n, "price_cents": p} for i, n, p in query("SELECT id, name, price_cents FROM items ORDER BY id")]
    cache.set("items", json.dumps(rows), ex=CACHE_SECONDS)
    return rows


def handle(method, path, body):
    """The status and the JSON value of a request."""
    if path == "/api/health":
        cache.ping()
        query("SELECT 1")
        return 200, {"ok": True}
    if path == "/api/":
        return 200, {"greeting": GREETING, "visits": cache.incr("visits")}
    if path == "/api/items" and method == "GET":
        return 200, {"items": items()}
    if path == "/api/items" and method == "POST":
        row = query("INSERT INTO items (name, price_cents) VALUES (%s, %s) RETURNING id", body["name"], body["price_cents"])
        cache.delete("items")
        return 201, {"id": row[0][0]}
    return 404, {"error": f"nothing at {path}"}
