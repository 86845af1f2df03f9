"""Accelerations at a point, and the electromagnetic field and flow of the solar wind that ions move in."""
