from flask import Flask, jsonify


def create_app():
    made = Flask(__name__)
    made.add_url_rule("/square/<int:number>", view_func=lambda number: jsonify(f"The square is {number**2}."))
    return made
