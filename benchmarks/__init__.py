"""Speed beside a floor: the same answers by the shortest program that can give them, in the same run."""
