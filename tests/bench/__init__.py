"""Figures: what Privet costs against the raw libraries, as ratios measured side by side."""
