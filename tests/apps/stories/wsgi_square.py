from flask import Flask, jsonify

squares = Flask(__name__)


@squares.get("/square/<int:number>")
def square(number: int):
    return jsonify(f"The square is {number**2}.")


if __name__ == "__main__":
    squares.run(debug=True, port=80)
